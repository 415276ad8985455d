using System.Globalization;

namespace ServiceLoop.Designer.Admin.Definitions;

/// <summary>Addresses of what belongs to a definition.</summary>
internal static class Places
{
    public static string Definition(string definitionId) => $"/admin/definitions/{Uri.EscapeDataString(definitionId)}";

    public static string Editor(string definitionId) => $"/studio/workflows/definitions/{Uri.EscapeDataString(definitionId)}/edit";

    public static string Compare(string definitionId, int from, int to) =>
        Invariant($"{Definition(definitionId)}/diff?from={from}&to={to}");

    public static string Migrate(string definitionId, int from, int to) =>
        Invariant($"{Definition(definitionId)}/migrate?from={from}&to={to}");

    public static string Instances(string definitionId, int version) =>
        Invariant($"/admin/instances?definition={Uri.EscapeDataString(definitionId)}&version={version}&status=Running");

    /// <summary>A file of a version, or of the latest.</summary>
    public static string Export(string definitionId, int? version) =>
        Invariant(
            $"/elsa/api/workflow-definitions/{Uri.EscapeDataString(definitionId)}/export?versionOptions={version?.ToString(CultureInfo.InvariantCulture) ?? "Latest"}"
        );

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
