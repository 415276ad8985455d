using Microsoft.AspNetCore.Components;

namespace ServiceLoop.Designer.Lists;

/// <summary>What a list shows stands in its address: it can be passed on, and the way back leads to the same rows.</summary>
public static class Query
{
    /// <summary>Changes parts of the address.</summary>
    /// <param name="address">Where the browser is.</param>
    /// <param name="parts">Name and value; null or an empty text leaves the part out.</param>
    public static void Set(this NavigationManager address, params (string Name, object? Value)[] parts)
    {
        var values = parts.ToDictionary(p => p.Name, p => p.Value is string { Length: 0 } ? null : p.Value, StringComparer.Ordinal);
        address.NavigateTo(address.GetUriWithQueryParameters(values), replace: true);
    }

    /// <summary>Number of a page as it stands in an address: 1 when there is none or nonsense.</summary>
    public static int Page(int? number) => Math.Max(1, number ?? 1);

    /// <summary>A value of an enumeration as it stands in an address; null when there is none or nonsense.</summary>
    public static T? Choice<T>(string? text)
        where T : struct, Enum => Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value) ? value : null;
}
