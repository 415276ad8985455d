using Jint;
using ServiceLoop.Engine.Expressions;

namespace ServiceLoop.Engine.Bench.Flows;

/// <summary>JavaScript as plainly as Jint can be tied to the engine: prepared once, one Jint engine for each burst.</summary>
internal sealed class JintLanguage : IExpressionLanguage
{
    public string Type => "JavaScript";

    public Evaluator Compile(string source) => new Script(Jint.Engine.PrepareScript(source));

    private sealed class Script(Prepared<Acornima.Ast.Script> script) : Evaluator
    {
        public override object? Evaluate(IExpressionScope scope)
        {
            var session = scope.Session(static () => new Session());
            session.Scope = scope;
            return session.Engine.Evaluate(script).ToObject();
        }
    }

    private sealed class Session
    {
        public Session() => Engine.SetValue("getVariable", Read);

        public Jint.Engine Engine { get; } = new();

        public IExpressionScope Scope { get; set; } = null!;

        private object? Read(string name) => Scope.TryGetVariable(name, out var value) ? value : null;
    }
}
