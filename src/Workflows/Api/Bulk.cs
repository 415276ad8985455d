using ServiceLoop.Engine;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Migrating;

namespace ServiceLoop.Workflows.Api;

/// <summary>The same for many named instances; what fails with one does not touch the others.</summary>
internal static class Bulk
{
    // One call must come to an end while its sender still waits.
    public const int MaxIds = 1000;

    public static async Task<IReadOnlyList<BulkItem>> RunAsync(
        string[] ids,
        Func<string, CancellationToken, Task> action,
        CancellationToken ct
    )
    {
        if (ids.Length > MaxIds)
            throw new RequestException("bulk.too-many", $"{ids.Length} instances in one call are too many; at most {MaxIds}.");

        var items = new List<BulkItem>();

        foreach (var id in ids.Distinct(StringComparer.Ordinal))
            try
            {
                await action(id, ct);
                items.Add(new(id, null));
            }
            catch (Exception e)
                when (e
                        is AlterationException
                            or InstanceNotFoundException
                            or InstanceBusyException
                            or MigrationRefusedException
                            or DefinitionNotFoundException
                            or ArgumentException
                )
            {
                items.Add(new(id, e.Message));
            }

        return items;
    }

    public static async Task<IReadOnlyList<BulkItem>> CollectAsync(IAsyncEnumerable<BulkItem> items)
    {
        var all = new List<BulkItem>();

        await foreach (var item in items)
            all.Add(item);

        return all;
    }
}
