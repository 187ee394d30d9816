using Npgsql;
using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>Evaluates boolean expressions on made-up rows, as a role, in a state of the settings.</summary>
internal sealed class Evaluator(SessionPool sessions, RoleFacts role, Relation table, TableFacts facts, IReadOnlyList<SampleRow> rows)
{
    private readonly string _from = $"jsonb_populate_recordset(NULL::{table.Name}, $1) AS {Identifier.Quote(table.PlainName)}";
    private readonly Dictionary<string, int> _errors = [];

    /// <summary>The error that was met most often; null where there was none.</summary>
    public string? MostCommonError => _errors.Count == 0 ? null : _errors.MaxBy(error => error.Value).Key;

    /// <summary>False when the server gave up on some of the rows.</summary>
    public bool IsComplete { get; private set; } = true;

    /// <summary>By expression, then by row.</summary>
    /// <param name="expressions">As PostgreSQL prints them.</param>
    /// <param name="write">What is evaluated instead of each.</param>
    /// <param name="state">Of the settings.</param>
    /// <param name="cancellationToken">Cancels the evaluation.</param>
    public async Task<IReadOnlyDictionary<string, Truth[]>> EvaluateAsync(IReadOnlyList<string> expressions, Func<string, string> write, SettingState state,
        CancellationToken cancellationToken)
    {
        var sql = expressions.Select(write).ToList();
        if (await TogetherAsync(sql, state, cancellationToken).ConfigureAwait(false) is { } together)
            return expressions.Select((text, i) => (text, together.Select(row => row[i]).ToArray())).ToDictionary();

        // One row for every value of every column. When all of them fail it is the state that fails, not a row.
        var cover = SampleRow.Cover(rows);
        var answers = expressions.ToDictionary(text => text, _ => Enumerable.Repeat(Truth.Error, rows.Count).ToArray());
        await OneByOneAsync(Enumerable.Range(0, expressions.Count), cover).ConfigureAwait(false);
        var partly = Enumerable.Range(0, expressions.Count).Where(i => cover.Exists(row => answers[expressions[i]][row] != Truth.Error)).ToList();
        await OneByOneAsync(partly, [.. Enumerable.Range(0, rows.Count).Except(cover)]).ConfigureAwait(false);
        return answers;

        async Task OneByOneAsync(IEnumerable<int> chosen, List<int> some)
        {
            var which = chosen.ToList();
            if (which.Count == 0 || some.Count == 0)
                return;
            if (await SingleAsync(which.ConvertAll(i => sql[i]), state, some, cancellationToken).ConfigureAwait(false) is not { } letters)
            {
                IsComplete = false;
                return;
            }

            for (var i = 0; i < which.Count; i++)
            {
                for (var j = 0; j < some.Count; j++)
                    answers[expressions[which[i]]][some[j]] = Of(letters[(i * some.Count) + j]);
            }
        }
    }

    private static Truth Of(char letter) => letter switch { 't' => Truth.True, 'f' => Truth.False, 'n' => Truth.Null, _ => Truth.Error };

    /// <summary>All rows in one statement; null after an error.</summary>
    private async Task<List<Truth[]>?> TogetherAsync(List<string> expressions, SettingState state, CancellationToken cancellationToken)
    {
        var sql = $"SELECT ARRAY[{string.Join(", ", expressions.Select(text => $"({text})"))}] FROM {_from}";
        try
        {
            var answer = await sessions.QueryAsync<bool?[]>(role, state, sql, SampleRow.ToJson(rows, facts), null, cancellationToken).ConfigureAwait(false);
            return answer.ConvertAll(row => Array.ConvertAll(row, value => value switch { true => Truth.True, false => Truth.False, null => Truth.Null }));
        }
        catch (PostgresException fault)
        {
            var text = $"{fault.SqlState} {fault.MessageText}";
            _errors[text] = _errors.GetValueOrDefault(text) + 1;
            return null;
        }
    }

    /// <summary>Each row in a subtransaction of its own, all in one round trip: a letter for each expression and row. Null where the server gave up.</summary>
    private async Task<string?> SingleAsync(List<string> expressions, SettingState state, List<int> some, CancellationToken cancellationToken)
    {
        var statements = string.Join(", ", expressions.Select(text => Identifier.Literal($"SELECT ({text}) FROM {_from}")));
        var json = Identifier.Literal(SampleRow.ToJson(some.Select(i => rows[i]), facts));
        var block = $"""
            DECLARE statement text; sample jsonb; passes boolean; letters text := '';
            BEGIN
                FOREACH statement IN ARRAY ARRAY[{statements}] LOOP
                    FOR sample IN SELECT jsonb_build_array(r) FROM jsonb_array_elements({json}::jsonb) AS r LOOP
                        BEGIN
                            EXECUTE statement INTO passes USING sample;
                            letters := letters || CASE passes WHEN true THEN 't' WHEN false THEN 'f' ELSE 'n' END;
                        EXCEPTION WHEN OTHERS THEN letters := letters || 'e';
                        END;
                    END LOOP;
                END LOOP;
                PERFORM set_config('sme_data.letters', letters, true);
            END
            """;
        try
        {
            return (await sessions.QueryAsync<string>(role, state, "SELECT current_setting('sme_data.letters')", null, $"DO {Identifier.Literal(block)}",
                cancellationToken).ConfigureAwait(false))[0];
        }
        catch (PostgresException fault)
        {
            var text = $"{fault.SqlState} {fault.MessageText}";
            _errors[text] = _errors.GetValueOrDefault(text) + 1;
            return null;
        }
    }
}
