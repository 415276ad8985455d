using ServiceLoop.Engine.Compilation;
using ServiceLoop.Engine.Definitions;

namespace ServiceLoop.Runtime.Definitions;

/// <summary>Looks at a definition before it becomes a draft, through whichever door it comes. A draft need not compile, but it must be possible to open it again.</summary>
public interface IDraftCheck
{
    /// <summary>Lets pass what may be stored.</summary>
    /// <exception cref="WorkflowCompilationException">It may not; the errors say what and where.</exception>
    void Refuse(WorkflowDefinition definition);
}
