namespace ServiceLoop.Designer.Studio;

/// <summary>Addresses of Elsa Studio's screens, for links from our own pages.</summary>
public static class StudioAddress
{
    /// <summary>All definitions. With the slash: Studio's base address needs it.</summary>
    public const string Definitions = "/studio/";

    /// <summary>All instances.</summary>
    public const string Instances = "/studio/workflows/instances";

    /// <summary>The editor of a definition.</summary>
    /// <param name="definitionId">Id of the line of versions.</param>
    public static string Editor(string definitionId) => $"/studio/workflows/definitions/{Uri.EscapeDataString(definitionId)}/edit";

    /// <summary>The viewer of an instance.</summary>
    /// <param name="instanceId">Id of the instance.</param>
    public static string Viewer(string instanceId) => $"/studio/workflows/instances/{Uri.EscapeDataString(instanceId)}/view";
}
