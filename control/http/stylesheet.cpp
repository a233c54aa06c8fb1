#include "control/http/stylesheet.hpp"

namespace signalbox::control {

const std::string_view kStylesheetText = R"xsl(<?xml version="1.0" encoding="UTF-8"?>
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
<xsl:output method="html" encoding="UTF-8" doctype-system="about:legacy-compat"/>

<xsl:template match="/">
<html>
<head>
<meta charset="UTF-8"/>
<title><xsl:value-of select="name(/*)"/></title>
<style>
body { font: 14px/1.4 system-ui, sans-serif; margin: 1rem; color: #1c2430; }
h1 { font-size: 1.2rem; } h2 { font-size: 1rem; margin: 1.2rem 0 .3rem; }
table { border-collapse: collapse; margin: .1rem 0; }
td, th { border: 1px solid #d5dae2; padding: .15rem .45rem; vertical-align: top; text-align: left; }
th { background: #eef1f6; font-weight: 600; }
nav a { margin-right: 1rem; }
input { margin: .1rem .5rem .1rem 0; }
form td { border: 0; }
.long { max-height: 6rem; max-width: 60rem; overflow: auto; white-space: pre-wrap; }
</style>
</head>
<body>
<nav><a href="/">Home</a></nav>
<xsl:apply-templates select="/*" mode="root"/>
</body>
</html>
</xsl:template>

<xsl:template match="*[@type='rlist']" mode="root">
<h1><xsl:value-of select="name()"/></h1>
<xsl:for-each select="*[@type='sandesh']">
<h2><xsl:value-of select="name()"/></h2>
<form method="get" action="Snh_{name()}">
<table>
<xsl:for-each select="*">
<tr><td><label><xsl:value-of select="name()"/></label></td><td><input type="text" name="{name()}"/></td></tr>
</xsl:for-each>
</table>
<input type="submit" value="Send"/>
</form>
</xsl:for-each>
</xsl:template>

<xsl:template match="*[@type='slist']" mode="root">
<xsl:apply-templates select="*" mode="root"/>
</xsl:template>

<xsl:template match="*" mode="root">
<h1><xsl:value-of select="name()"/></h1>
<xsl:call-template name="members"/>
</xsl:template>

<xsl:template name="members">
<table>
<xsl:for-each select="*[name() != 'more']">
<tr><th><xsl:value-of select="name()"/></th><td><xsl:apply-templates select="." mode="value"/></td></tr>
</xsl:for-each>
</table>
</xsl:template>

<xsl:template match="*[@type='struct']" mode="value">
<xsl:for-each select="*"><xsl:call-template name="members"/></xsl:for-each>
</xsl:template>

<xsl:template match="*[@type='list' or @type='set']" mode="value">
<xsl:choose>
<xsl:when test="*/@size = 0">-</xsl:when>
<xsl:when test="*/@type = 'struct'">
<table>
<tr><xsl:for-each select="*/*[1]/*"><th><xsl:value-of select="name()"/></th></xsl:for-each></tr>
<xsl:for-each select="*/*">
<tr><xsl:for-each select="*"><td><xsl:apply-templates select="." mode="value"/></td></xsl:for-each></tr>
</xsl:for-each>
</table>
</xsl:when>
<xsl:otherwise>
<table><xsl:for-each select="*/element"><tr><td><xsl:value-of select="."/></td></tr></xsl:for-each></table>
</xsl:otherwise>
</xsl:choose>
</xsl:template>

<xsl:template match="*[@type='map']" mode="value">
<table>
<xsl:for-each select="map/element">
<tr><th><xsl:value-of select="."/></th>
<td><xsl:for-each select="following-sibling::*[1]">
<xsl:choose>
<xsl:when test="*"><xsl:call-template name="members"/></xsl:when>
<xsl:otherwise><xsl:value-of select="."/></xsl:otherwise>
</xsl:choose>
</xsl:for-each></td></tr>
</xsl:for-each>
</table>
</xsl:template>

<xsl:template match="*" mode="value">
<xsl:choose>
<xsl:when test=". = ''">-</xsl:when>
<xsl:when test="@link">
<a href="Snh_{@link}?x={.}">
<xsl:choose>
<xsl:when test="@link_title"><xsl:value-of select="@link_title"/></xsl:when>
<xsl:otherwise><xsl:value-of select="."/></xsl:otherwise>
</xsl:choose>
</a>
</xsl:when>
<xsl:when test="string-length(.) &gt; 300"><div class="long"><xsl:value-of select="."/></div></xsl:when>
<xsl:otherwise><xsl:value-of select="."/></xsl:otherwise>
</xsl:choose>
</xsl:template>

</xsl:stylesheet>
)xsl";

}  // namespace signalbox::control
