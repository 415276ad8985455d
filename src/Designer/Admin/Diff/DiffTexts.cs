namespace ServiceLoop.Designer.Admin.Diff;

/// <summary>Names the texts of the comparison of versions: <c>DiffTexts.resx</c>, <c>DiffTexts.zh-Hans.resx</c>.</summary>
public sealed class DiffTexts;
