namespace ServiceLoop.Engine.Expressions;

/// <summary>A language in which inputs may be written: the seam between the engine and script libraries.</summary>
public interface IExpressionLanguage
{
    /// <summary>The value of <c>expression.type</c> that selects this language, for example <c>JavaScript</c>.</summary>
    string Type { get; }

    /// <summary>Compiles a source text once; the evaluator is shared by all threads.</summary>
    /// <param name="source">The source text, never null.</param>
    /// <returns>An immutable evaluator.</returns>
    /// <exception cref="ExpressionException">The text does not parse; carries the position.</exception>
    Evaluator Compile(string source);
}

/// <summary>A compiled expression. Immutable and safe for all threads; everything that changes is in the scope.</summary>
public abstract class Evaluator
{
    /// <summary>Computes the value. Synchronous, limited in steps, time and memory.</summary>
    /// <param name="scope">What the expression may see and do.</param>
    /// <returns>A plain value (<see cref="Values.PlainValue"/>); the caller converts it to the type of the input.</returns>
    /// <exception cref="ExpressionException">The expression failed or ran away.</exception>
    public abstract object? Evaluate(IExpressionScope scope);

    /// <summary>True when the expression may read outputs of other activities, so that these must survive a suspension.</summary>
    public virtual bool ReadsOutputs => false;

    /// <summary>Names of variables that the text certainly reads, for checks at publish; empty when unknown.</summary>
    public virtual IReadOnlyCollection<string> ReadVariables => [];

    /// <summary>Names of workflow inputs that the text certainly reads; empty when unknown.</summary>
    public virtual IReadOnlyCollection<string> ReadInputs => [];

    /// <summary>Names behind functions such as <c>getCustomer()</c> that the text calls: each stands for a variable or an input; empty when unknown.</summary>
    public virtual IReadOnlyCollection<string> ReadAccessors => [];

    /// <summary>Names of variables that the text may create; null when it may create any. A language that cannot create variables leaves it empty.</summary>
    public virtual IReadOnlyCollection<string>? WrittenVariables => [];
}

/// <summary>An expression that does not parse, fails or runs away. The message quotes the reason; the engine adds where it stands.</summary>
public sealed class ExpressionException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What went wrong, as a sentence.</param>
    /// <param name="line">Line in the source, from 1; 0 when unknown.</param>
    /// <param name="column">Column in the source, from 1; 0 when unknown.</param>
    /// <param name="inner">The library's own exception, if any.</param>
    public ExpressionException(string message, int line = 0, int column = 0, Exception? inner = null)
        : base(message, inner) => (Line, Column) = (line, column);

    /// <summary>Line in the source, from 1; 0 when unknown.</summary>
    public int Line { get; }

    /// <summary>Column in the source, from 1; 0 when unknown.</summary>
    public int Column { get; }
}
