namespace ServiceLoop.Designer.Studio;

/// <summary>Names the resource file with the texts around Elsa Studio; Studio itself speaks English only.</summary>
internal sealed class StudioText;
