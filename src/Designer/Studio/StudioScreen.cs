namespace ServiceLoop.Designer.Studio;

/// <summary>The four places of Elsa Studio.</summary>
internal enum StudioScreen
{
    /// <summary>List of definitions.</summary>
    Definitions,

    /// <summary>Editor of one definition.</summary>
    Editor,

    /// <summary>List of instances.</summary>
    Instances,

    /// <summary>One instance, live.</summary>
    Viewer,
}
