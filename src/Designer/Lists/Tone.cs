namespace ServiceLoop.Designer.Lists;

/// <summary>How a word is meant.</summary>
public enum Tone
{
    /// <summary>Says what is.</summary>
    Plain,

    /// <summary>Goes well.</summary>
    Good,

    /// <summary>Goes on.</summary>
    Live,

    /// <summary>Wants attention.</summary>
    Odd,

    /// <summary>Wants repair.</summary>
    Bad,
}
