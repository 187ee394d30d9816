using System.Globalization;
using Npgsql;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>Evaluates boolean expressions on made-up rows, as a role, in a state of the settings.</summary>
internal sealed class Evaluator(SessionPool sessions, RoleFacts role, string from, TableFacts table, IReadOnlyList<SampleRow> rows)
{
    private const int MostSingleRows = 400;

    /// <summary>Every row fails for the same reason, so that they need not be tried one by one.</summary>
    private static readonly HashSet<string> OfTheStatement =
    [
        PostgresErrorCodes.InsufficientPrivilege, PostgresErrorCodes.QueryCanceled, PostgresErrorCodes.ReadOnlySqlTransaction,
        PostgresErrorCodes.InvalidObjectDefinition, PostgresErrorCodes.UndefinedFunction, PostgresErrorCodes.UndefinedTable,
    ];

    private readonly Dictionary<string, int> _errors = [];

    /// <summary>The most common error, with how often it was met.</summary>
    public (string Text, int Count)? MostCommonError =>
        _errors.Count == 0 ? null : _errors.MaxBy(error => error.Value) is var worst ? (worst.Key, worst.Value) : null;

    /// <summary>By expression, then by row.</summary>
    /// <param name="expressions">As PostgreSQL prints them.</param>
    /// <param name="write">What is evaluated instead of each.</param>
    /// <param name="state">Of the settings.</param>
    /// <param name="cancellationToken">Cancels the evaluation.</param>
    public async Task<IReadOnlyDictionary<string, Truth[]>> EvaluateAsync(IReadOnlyList<string> expressions, Func<string, string> write, SettingState state,
        CancellationToken cancellationToken)
    {
        _write = write;
        var every = Enumerable.Range(0, rows.Count).ToList();
        if (await TryAsync(expressions, state, every, isCounted: expressions.Count == 1, cancellationToken).ConfigureAwait(false) is { } together)
            return expressions.Select((text, i) => (text, together.Select(row => row[i]).ToArray())).ToDictionary();
        var answers = new Dictionary<string, Truth[]>();
        foreach (var expression in expressions)
            answers[expression] = await OneAsync(expression, state, every, expressions.Count > 1, cancellationToken).ConfigureAwait(false);
        return answers;
    }

    private async Task<Truth[]> OneAsync(string expression, SettingState state, List<int> every, bool isUntried, CancellationToken cancellationToken)
    {
        if (isUntried && await TryAsync([expression], state, every, true, cancellationToken).ConfigureAwait(false) is { } all)
            return [.. all.Select(row => row[0])];
        var answer = new Truth[rows.Count];
        Array.Fill(answer, Truth.Error);
        if (_last is { } code && OfTheStatement.Contains(code))
            return answer;

        // One row for every value of every column. When all of them fail it is the state that fails, not a row.
        var cover = SampleRow.Cover(rows);
        foreach (var i in cover)
            answer[i] = await SingleAsync(expression, state, i, cancellationToken).ConfigureAwait(false);
        if (cover.TrueForAll(i => answer[i] == Truth.Error))
            return answer;
        foreach (var i in every.Except(cover).Take(MostSingleRows))
            answer[i] = await SingleAsync(expression, state, i, cancellationToken).ConfigureAwait(false);
        if (every.Count - cover.Count > MostSingleRows)
            IsComplete = false;
        return answer;
    }

    /// <summary>False when there were too many rows to evaluate one by one.</summary>
    public bool IsComplete { get; private set; } = true;

    private string? _last;
    private Func<string, string> _write = text => text;

    private async Task<Truth> SingleAsync(string expression, SettingState state, int row, CancellationToken cancellationToken) =>
        await TryAsync([expression], state, [row], true, cancellationToken).ConfigureAwait(false) is [[var truth]] ? truth : Truth.Error;

    /// <summary>Null after an error.</summary>
    private async Task<List<Truth[]>?> TryAsync(IReadOnlyList<string> expressions, SettingState state, List<int> some, bool isCounted,
        CancellationToken cancellationToken)
    {
        var sql = $"SELECT ARRAY[{string.Join(", ", expressions.Select(text => $"({_write(text)})"))}] FROM {from}";
        try
        {
            _last = null;
            var answer = await sessions.QueryAsync<bool?[]>(role, state, sql, SampleRow.ToJson(some.Select(i => rows[i]), table), cancellationToken)
                .ConfigureAwait(false);
            return answer.ConvertAll(row => Array.ConvertAll(row, value => value switch { true => Truth.True, false => Truth.False, null => Truth.Null }));
        }
        catch (PostgresException fault)
        {
            _last = fault.SqlState;
            if (isCounted)
            {
                var text = string.Create(CultureInfo.InvariantCulture, $"{fault.SqlState} {fault.MessageText}");
                _errors[text] = _errors.GetValueOrDefault(text) + 1;
            }
            return null;
        }
    }
}
