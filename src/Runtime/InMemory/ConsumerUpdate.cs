using ServiceLoop.Engine.Definitions;
using ServiceLoop.Runtime.Definitions;

namespace ServiceLoop.Runtime.InMemory;

// Publishing a workflow that is used as activity takes those who use it along, if it says so.
public sealed partial class InMemoryWorkflows
{
    private readonly HashSet<string> updating = [];

    private void UpdateConsumers(WorkflowDefinition published)
    {
        if (!Consumers.Follow(published) || !updating.Add(published.DefinitionId))
            return;

        try
        {
            foreach (var consumer in definitions.All.Where(d => d.IsLatest && !d.IsReadonly).ToList())
            {
                if (consumer.DefinitionId == published.DefinitionId || Consumers.Rewrite(consumer, published) is not { } rewritten)
                    continue;

                var saved = Import(rewritten);

                if (consumer.IsPublished)
                    Publish(saved.DefinitionId);
            }
        }
        finally
        {
            updating.Remove(published.DefinitionId);
        }
    }
}
