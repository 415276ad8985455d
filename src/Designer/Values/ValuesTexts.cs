namespace ServiceLoop.Designer.Values;

/// <summary>Names the texts about values: <c>ValuesTexts.resx</c>.</summary>
public sealed class ValuesTexts;
