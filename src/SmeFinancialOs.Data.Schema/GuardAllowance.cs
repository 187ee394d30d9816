namespace SmeFinancialOs.Data.Schema;

/// <summary>A relation that the tenant guard shall not judge, and the reason why.</summary>
public sealed class GuardAllowance
{
    /// <summary>Allows a relation, such as a reference table that is the same for every tenant.</summary>
    /// <param name="relation">The table or view as SQL names it: with its schema, quoted where SQL needs quotes, such as <c>public."Countries"</c>.</param>
    /// <param name="reason">Why it is safe.</param>
    /// <exception cref="ArgumentException">A part is blank, or contains a zero character.</exception>
    public GuardAllowance(string relation, string reason)
    {
        Relation = Checked(relation, nameof(relation));
        Reason = Checked(reason, nameof(reason));
    }

    /// <summary>The table or view.</summary>
    public string Relation { get; }

    /// <summary>Why it is safe.</summary>
    public string Reason { get; }

    private static string Checked(string value, string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(value, name);
        return value.Contains('\0', StringComparison.Ordinal) ? throw new ArgumentException("PostgreSQL stores no zero character.", name) : value;
    }
}
