using System.Collections.Immutable;

namespace ServiceLoop.ServiceDesk.Windows;

/// <summary>When the service is open. A seam: the business calendar of the settings, or always.</summary>
public interface IServiceHours
{
    /// <summary>The open moments of a range.</summary>
    Task<ImmutableArray<Span>> OpenAsync(Span range, CancellationToken ct);

    /// <summary>The moment after a span of open time.</summary>
    Task<DateTimeOffset> AfterAsync(DateTimeOffset from, TimeSpan worked, CancellationToken ct);
}
