namespace ServiceLoop.Designer.Studio;

/// <summary>Where our own pages take over from Elsa Studio.</summary>
internal static class AdminAddress
{
    /// <summary>All instances, their incidents and journals.</summary>
    public const string Instances = "/admin/instances";

    /// <summary>One instance.</summary>
    public static string Instance(string instanceId) => $"{Instances}/{Uri.EscapeDataString(instanceId)}";
}
