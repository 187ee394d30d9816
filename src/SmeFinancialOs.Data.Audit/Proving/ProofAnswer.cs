namespace SmeFinancialOs.Data.Audit.Proving;

/// <summary>
/// Text: what a statement that reads has answered, or the SQLSTATE of its error. Own and Other: whose rows a statement that writes has reached.
/// </summary>
internal sealed record ProofAnswer(string Text, bool IsError)
{
    public bool Own => !IsError && Text.StartsWith("true", StringComparison.Ordinal);

    public bool Other => !IsError && Text.EndsWith("true", StringComparison.Ordinal);

    /// <summary>Of an answer that is another one each time: how many rows.</summary>
    public ProofAnswer Count => IsError ? this : this with { Text = Text.Split(' ')[0] + " " };

    /// <summary>An answer that was read is a count and a hash.</summary>
    public override string ToString() => IsError ? $"error {Text}" : $"rows: {Text.Split(' ')[0]}";

    /// <summary>Of a question about rows: that there are some.</summary>
    public bool HasRows => !IsError && !Text.StartsWith("0 ", StringComparison.Ordinal);
}
