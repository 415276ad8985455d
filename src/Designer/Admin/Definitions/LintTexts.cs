namespace ServiceLoop.Designer.Admin.Definitions;

/// <summary>Names the texts about what is wrong or odd with a definition, by its code: <c>LintTexts.resx</c>.</summary>
public sealed class LintTexts;
