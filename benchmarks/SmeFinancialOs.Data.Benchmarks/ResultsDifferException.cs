namespace SmeFinancialOs.Data.Benchmarks;

/// <summary>The ways do not answer alike, so comparing their speed would say nothing.</summary>
public sealed class ResultsDifferException(string message) : Exception(message);
