namespace ServiceLoop.Designer.Home;

/// <summary>Names the texts of the home page: <c>HomeTexts.resx</c>.</summary>
public sealed class HomeTexts;
