using Npgsql;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Postgres.Store;

/// <summary>Work as one command of somebody else's transaction: it is there if and only if the rows beside it are.</summary>
public static class WorkRowsCommand
{
    private static readonly string Enqueue = SqlFile.Beside<PostgresStore>("work.enqueue");
    private static readonly string Delete = SqlFile.Beside<PostgresStore>("work.delete");

    /// <summary>Adds work; keys that stand already are left alone.</summary>
    public static NpgsqlBatchCommand Adding(IReadOnlyList<NewWork> work) => Adding(work, Enqueue);

    /// <summary>Adds work by a statement of the caller's own, which may want some of it only.</summary>
    /// <param name="work">The work.</param>
    /// <param name="statement">An insert into <c>work</c> with arrays: $1 key, $2 kind, $3 instance, $4 target, $5 payload, $6 due at.</param>
    public static NpgsqlBatchCommand Adding(IReadOnlyList<NewWork> work, string statement)
    {
        var command = new NpgsqlBatchCommand(statement);

        foreach (var parameter in WorkColumns.Of(work).ToParameters())
            command.Parameters.Add(parameter);

        return command;
    }

    /// <summary>Takes back work that has not been done; keys that are unknown are left alone. Work that is being done just now goes on.</summary>
    /// <param name="work">What was added before: only the keys count.</param>
    public static NpgsqlBatchCommand Removing(IReadOnlyList<NewWork> work) =>
        new(Delete) { Parameters = { Arg.Texts(work.Select(w => w.Key)) } };
}
