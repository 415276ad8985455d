namespace ServiceLoop.Designer.Admin.Diagrams;

/// <summary>Names the texts of diagrams: <c>DiagramTexts.resx</c>, <c>DiagramTexts.zh-Hans.resx</c>.</summary>
public sealed class DiagramTexts;
