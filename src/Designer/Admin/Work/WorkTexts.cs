namespace ServiceLoop.Designer.Admin.Work;

/// <summary>Names the texts about work: <c>WorkTexts.resx</c>.</summary>
public sealed class WorkTexts;
