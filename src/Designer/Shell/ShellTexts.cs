namespace ServiceLoop.Designer.Shell;

/// <summary>Names the texts of the frame around every page: <c>ShellTexts.resx</c>, <c>ShellTexts.zh-Hans.resx</c>.</summary>
public sealed class ShellTexts;
