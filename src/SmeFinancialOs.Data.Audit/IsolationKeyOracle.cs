namespace SmeFinancialOs.Data.Audit;

/// <summary>A unique key across tenants: the refusal of a duplicate tells that another tenant has the value. No row of it was reached.</summary>
public sealed class IsolationKeyOracle
{
    internal IsolationKeyOracle(string objectName, string role, string statement, string message)
    {
        ObjectName = objectName;
        Role = role;
        Statement = statement;
        Message = message;
    }

    /// <summary>The table, with its schema.</summary>
    public string ObjectName { get; }

    /// <summary>The role that asked.</summary>
    public string Role { get; }

    /// <summary>The SQL that was refused, with the settings it ran under.</summary>
    public string Statement { get; }

    /// <summary>What it tells, and by which key.</summary>
    public string Message { get; }
}
