namespace SmeFinancialOs.Data.Audit.Linting;

/// <summary>
/// sqitch keeps the order in a file: one change a line, "@tag" lines between them. The older form of a change that was reworked is
/// kept as deploy/change@tag.sql.
/// </summary>
internal static class SqitchPlan
{
    internal static IReadOnlyList<string> Order(IEnumerable<string> plan, IReadOnlyCollection<string> files)
    {
        string[] steps = [.. plan.Select(line => line.Split('#')[0].Trim()).Where(line => line.Length > 0 && line[0] is not '%')
            .Select(line => line.Split(' ')[0])];
        var scripts = steps.Select((step, index) => (step, index)).Where(item => item.step[0] != '@').Select(item =>
        {
            var rest = steps.Skip(item.index + 1);
            return rest.Contains(item.step) ? $"deploy/{item.step}{rest.First(step => step[0] == '@' || step == item.step)}.sql" : $"deploy/{item.step}.sql";
        }).ToList();
        var missing = scripts.FirstOrDefault(script => !files.Contains(script));
        return missing is null ? scripts
            : throw new MigrationLintException($"sqitch.plan names a change whose script is missing: {missing}.") { Migration = missing };
    }
}
