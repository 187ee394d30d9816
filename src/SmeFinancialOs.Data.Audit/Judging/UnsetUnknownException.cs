namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>No session could be had in which the settings were never set.</summary>
internal sealed class UnsetUnknownException(string settings)
    : Exception($"no session could be had that has never set {settings}: pass a connection string rather than a data source, whose connections are used again");
