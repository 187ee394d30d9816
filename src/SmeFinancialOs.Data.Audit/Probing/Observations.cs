using Npgsql;
using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Probing;

/// <summary>Asks everything twice, with the other tenant's rows and without: whoever gets another answer has seen them, in whatever form.</summary>
internal sealed class Observations(ProbeSession session, Findings findings)
{
    internal static IEnumerable<Question> Of(Relation relation, IReadOnlyList<ProbeColumn> columns, Privileges rights)
    {
        var granted = columns.Where(column => rights.Select.Contains((relation.Oid, column.Name))).ToList();
        var list = Target.List(granted.Count > 0 ? granted : columns);
        yield return new(relation.Name, "select", $"SELECT {list} FROM {relation.Name}",
            $"SELECT count(*) || ' ' || coalesce(md5(string_agg(answer::text, '|' ORDER BY answer::text)), '') "
            + $"FROM (SELECT {list} FROM {relation.Name}) AS answer");
        if (relation.Kind != 'm')
            yield return new(relation.Name, "lock", $"SELECT FROM {relation.Name} FOR UPDATE",
                $"SELECT count(*) FROM (SELECT FROM {relation.Name} FOR UPDATE) AS answer");
        var copy = relation.Kind == 'r' ? $"COPY {relation.Name} ({list}) TO STDOUT" : $"COPY (SELECT {list} FROM {relation.Name}) TO STDOUT";
        yield return new(relation.Name, "copy to", copy, copy, true);
    }

    /// <summary>The change of the rows is undone afterwards.</summary>
    internal async Task CompareAsync(IReadOnlyList<(Actor Actor, Question Question)> questions, Func<Task> change)
    {
        var with = await AskAsync(questions).ConfigureAwait(false);
        var without = await session.UndoneAsync(async () =>
        {
            await change().ConfigureAwait(false);
            return await AskAsync(questions).ConfigureAwait(false);
        }).ConfigureAwait(false);
        for (var i = 0; i < questions.Count; i++)
        {
            var (actor, question) = questions[i];
            var attempt = new Attempt(question.ObjectName, actor.Rights, question.Kind, question.Statement, actor.Pair);
            if (with[i].Answer == without[i].Answer && with[i].Error is { } error)
                await Refusals.RecordAsync(findings, actor, attempt, error, null,
                    async () => (await AskAsync(null, question).ConfigureAwait(false)).Error).ConfigureAwait(false);
            else if (with[i].Answer == without[i].Answer)
                findings.Answered(attempt);
            else if ((await AskAsync(actor, question).ConfigureAwait(false)).Answer == with[i].Answer)
                findings.Breach(attempt with { Statement = actor.Script(question.Statement) }, "The answer depends on the other tenant's rows.");
            else
                findings.Unclear(question.ObjectName,
                    $"{question.Kind} as {actor.Rights} proved nothing: it answers differently each time: {question.Statement}");
        }
    }

    private async Task<List<(string Answer, PostgresException? Error)>> AskAsync(IReadOnlyList<(Actor Actor, Question Question)> questions)
    {
        var answers = new List<(string, PostgresException?)>();
        foreach (var (actor, question) in questions)
            answers.Add(await AskAsync(actor, question).ConfigureAwait(false));
        return answers;
    }

    /// <summary>As nobody in particular where there is no actor.</summary>
    private async Task<(string Answer, PostgresException? Error)> AskAsync(Actor? actor, Question question)
    {
        var enter = actor?.Enter ?? [];
        try
        {
            if (!question.Copy)
                return ((await session.UndoneAsync([.. enter, question.Asked]).ConfigureAwait(false))[^1][0][0] ?? "", null);
            return await session.UndoneAsync<(string, PostgresException?)>(async () =>
            {
                await session.RunAsync([.. enter]).ConfigureAwait(false);
                using var reader = await session.Connection.BeginTextExportAsync(question.Asked, session.CancellationToken).ConfigureAwait(false);
                var lines = (await reader.ReadToEndAsync(session.CancellationToken).ConfigureAwait(false)).Split('\n');
                return (string.Join('\n', lines.Order(StringComparer.Ordinal)), null);
            }).ConfigureAwait(false);
        }
        catch (PostgresException fault) when (!session.CancellationToken.IsCancellationRequested)
        {
            return (fault.SqlState, fault);
        }
    }
}
