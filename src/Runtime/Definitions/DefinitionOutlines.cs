using ServiceLoop.Engine.Compilation;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Definitions;

// Which activities a stored version has, for those who show it.
public sealed partial class DefinitionService
{
    /// <summary>The activities of a stored version, with the ids and node ids that they have in its instances. A draft need not compile.</summary>
    /// <exception cref="WorkflowCompilationException">A value in it cannot be read at all.</exception>
    public async Task<DefinitionOutline> OutlineAsync(DefinitionRow version, CancellationToken ct)
    {
        access.Demand(Permissions.DefinitionsRead);

        try
        {
            return await graphs.Compiler.OutlineAsync(version, ct);
        }
        catch (InvalidOperationException e)
        {
            throw new WorkflowCompilationException([
                new CompileError("definition.value", "$", $"The definition holds a value that cannot be read: {e.Message}"),
            ]);
        }
    }
}
