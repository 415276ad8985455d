namespace ServiceLoop.Designer.Lists;

/// <summary>A page does not do what a person wants.</summary>
/// <param name="sentence">Why, and the cure, in the language of the page.</param>
public sealed class RefusedException(string sentence) : Exception(sentence);
