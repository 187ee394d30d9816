using SmeFinancialOs.Data.Audit.Expressions;

namespace SmeFinancialOs.Data.Audit.Judging.Queries;

/// <summary>
/// A statement of a function's body, or an expression of it, written as a SELECT. Targets: the variables that it sets. IsCertain: nothing before it can keep
/// it from being executed.
/// </summary>
internal sealed record BodyStatement(SqlText Text, IReadOnlyList<string> Targets, bool IsCertain);
