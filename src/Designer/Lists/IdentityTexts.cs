namespace ServiceLoop.Designer.Lists;

/// <summary>Names the texts for what the services of people refuse, by its code: <c>IdentityTexts.resx</c>.</summary>
public sealed class IdentityTexts;
