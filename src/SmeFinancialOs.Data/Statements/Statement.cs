using System.Collections;
using Dapper;
using Npgsql;
using SmeFinancialOs.Data.Rows;
using SmeFinancialOs.Data.Sessions;

namespace SmeFinancialOs.Data.Statements;

/// <summary>SQL with its parameters, filled in by Dapper, and what becomes of its rows.</summary>
internal abstract class Statement
{
    protected Statement(string sql, object? parameters)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(sql);
        RequireNoCallback(parameters);
        Sql = sql;
        var capture = new CapturingCommand();
        new SingleCommandConnection(capture).Execute(sql, parameters);
        Commands = CommandSplitter.Split(capture.Captured, out var isOfRows);
        IsOfRows = isOfRows;
    }

    /// <param name="command">One that reads or writes rows, and is complete: Dapper is not asked.</param>
    protected Statement(NpgsqlBatchCommand command) => (Sql, Commands, IsOfRows) = (command.CommandText, [command], true);

    /// <summary>The text, as it was given.</summary>
    public string Sql { get; }

    /// <summary>What was noted of columns that fit no member, while a member stays unset.</summary>
    public IReadOnlyList<UnmatchedColumns> Unmatched { get; private set; } = [];

    /// <summary>One for each statement of the text; for a list of parameter sets as many for each of them.</summary>
    public IReadOnlyList<NpgsqlBatchCommand> Commands { get; private set; }

    /// <summary>Whether the text reads and writes rows, and does nothing else to transaction, session or prepared statements.</summary>
    public bool IsOfRows { get; }

    /// <summary>
    /// Whether the same can be sent once more, where nothing of it was done: other texts may mean an EXECUTE or a commit of their own, and a
    /// stream is read once.
    /// </summary>
    public bool IsRepeatable =>
        IsOfRows && !Commands.Any(static command => command.Parameters.Any(static parameter => ((NpgsqlParameter)parameter).Value is Stream));

    /// <summary>Whether it does no more than go back to a savepoint. Other texts with this word end the transaction, and are refused.</summary>
    public bool IsRollbackToSavepoint => Commands.All(static command => BeginsWithRollback(command.CommandText));

    /// <summary>How long it may take; null for what the options or the login say.</summary>
    public CallTimeout? Timeout { get; set; }

    /// <summary>The name under which its call is observed.</summary>
    public abstract string Operation { get; }

    /// <summary>Takes the rows of the result the reader stands on. A statement without rows is not asked.</summary>
    public abstract ValueTask ReadAsync(NpgsqlDataReader reader, CancellationToken cancellationToken);

    /// <summary>Makes it ready to be sent once more.</summary>
    public void Renew() => Commands = [.. Commands.Select(CommandSplitter.Copy)];

    /// <summary>For the log.</summary>
    public void NoteUnmatched(UnmatchedColumns unmatched) => Unmatched = [.. Unmatched, unmatched];

    /// <summary>All is read, and what the server counted is known.</summary>
    public virtual void Complete()
    {
    }

    /// <summary>A list would run the statement again and again, and there is one result only.</summary>
    protected static object? RequireOne(object? parameters) =>
        IsList(parameters)
            ? throw new ArgumentException(
                "A query runs once: pass one object with its parameters. A list of values is a property of it, for = ANY(@values).", nameof(parameters))
            : parameters;

    /// <summary>Dapper runs a list set by set, and takes each for granted. A sequence may be one that can be read but once.</summary>
    protected static object? RequireSets(object? parameters)
    {
        if (!IsList(parameters))
            return parameters;
        List<object?> all = [.. ((IEnumerable)parameters!).Cast<object?>()];
        return all.Contains(null) ? throw new ArgumentException("A set of parameters in the list is null.", nameof(parameters)) : all;
    }

    /// <summary>Dapper calls back when the statement has been run, which here is when its parameters are put aside.</summary>
    private static void RequireNoCallback(object? parameters)
    {
        if (parameters is not SqlMapper.IParameterCallbacks || parameters.GetType() == typeof(DynamicParameters))
            return;
        // One that does no more than derive from Dapper's calls back for output parameters alone, and those are refused.
        if (parameters.GetType().GetInterfaceMap(typeof(SqlMapper.IParameterCallbacks)).TargetMethods[0].DeclaringType != typeof(DynamicParameters))
        {
            throw new ArgumentException(
                "The parameters ask to be called when the statement has been run (IParameterCallbacks), and they are not. Await the call instead.",
                nameof(parameters));
        }
    }

    private static bool BeginsWithRollback(string sql)
    {
        var lexer = new SqlLexer(sql);
        return lexer.Read() && lexer.Is("ROLLBACK");
    }

    /// <summary>What Dapper takes for a list of parameter sets.</summary>
    private static bool IsList(object? parameters) =>
        parameters is IEnumerable and not string and not IEnumerable<KeyValuePair<string, object>> and not SqlMapper.IDynamicParameters;
}

/// <summary>A statement that has a result.</summary>
internal abstract class Statement<TResult> : Statement
{
    protected Statement(string sql, object? parameters)
        : base(sql, parameters)
    {
    }

    protected Statement(NpgsqlBatchCommand command)
        : base(command)
    {
    }

    public TResult Result { get; protected set; } = default!;
}
