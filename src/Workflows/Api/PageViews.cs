namespace ServiceLoop.Workflows.Api;

/// <summary>A page.</summary>
/// <param name="Items">The rows.</param>
/// <param name="TotalCount">How many there are; where that is not counted, one more than seen while there is another page.</param>
internal sealed record PageView<T>(IReadOnlyList<T> Items, long TotalCount);

/// <summary>A list.</summary>
internal sealed record ListView<T>(IReadOnlyList<T> Items, long Count);
