namespace ServiceLoop.Designer.Admin.Definitions;

/// <summary>Names the texts about definitions: <c>DefinitionsTexts.resx</c>.</summary>
public sealed class DefinitionsTexts;
