using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Graph;

namespace ServiceLoop.Runtime.Definitions;

/// <summary>Looks at a workflow before it is published, for what only a package of activities can see. Registered any number of times.</summary>
public interface IPublicationCheck
{
    /// <summary>What is wrong (it is not published then) or odd. Must be pure and quick.</summary>
    IEnumerable<CompileError> Check(WorkflowGraph graph);
}
