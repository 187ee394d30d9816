namespace SmeFinancialOs.Data.Audit.Proving;

/// <summary>What each identity was answered. Questions are told apart by their place: after a fix they are the same ones.</summary>
internal sealed class ProofAnswers
{
    private readonly Dictionary<(ProofIdentity, string, string, string), (ProofQuestion Question, ProofAnswer Answer)> _answers = [];

    private readonly HashSet<(string ObjectName, string Statement)> _changing = [];

    public void Add(ProofIdentity identity, ProofQuestion question, ProofAnswer answer) =>
        _answers[(identity, question.ObjectName, question.Kind, question.Statement)] = (question, answer);

    /// <summary>What is answered in another way when it is asked again is not compared by value.</summary>
    public void MarkChanging(ProofAnswers again) => _changing.UnionWith(again._answers.Where(item => _answers[item.Key].Answer != item.Value.Answer)
        .Select(item => (item.Key.Item2, item.Key.Item4)));

    public (ProofQuestion Question, ProofAnswer Answer) Single() => _answers.Values.Single();

    public ProofAnswers With(ProofAnswers more)
    {
        foreach (var (key, value) in more._answers)
            _answers[key] = value;
        return this;
    }

    /// <summary>
    /// Some identity of the app sees its own row in the table, as it should, or does so now; or the table is closed to all of them, as it was.
    /// </summary>
    public bool IsControlled(string table, ProofAnswers before, ProofAnswers legitimate)
    {
        var asked = _answers.Where(item => item.Key.Item1 is { IsApp: true, HasTenant: true } && item.Key.Item2 == table
            && item.Key.Item3 == "SELECT").ToList();
        return asked.Count == 0 || asked.Any(item => item.Value.Answer.HasRows || (legitimate._answers.TryGetValue(item.Key, out var own)
            && own.Answer.HasRows))
            || asked.All(item => item.Value.Answer.IsError && before._answers.TryGetValue(item.Key, out var was) && was.Answer.IsError);
    }

    /// <summary>What is answered after a fix, and should not be. about: the tables of the fix; a fix that is about none may touch all.</summary>
    public IEnumerable<(ProofIdentity Identity, ProofQuestion Question, ProofAnswer Answer, string Fault)> FaultsAgainst(ProofAnswers before,
        ProofAnswers legitimate, IReadOnlyList<string> about)
    {
        foreach (var (key, (question, after)) in _answers)
        {
            var unknown = new ProofAnswer("", true);
            var was = before._answers.TryGetValue(key, out var known) ? known.Answer : unknown;
            var own = legitimate._answers.TryGetValue(key, out var found) ? found.Answer : unknown;
            var isChanging = before._changing.Contains((question.ObjectName, question.Statement));
            var fault = isChanging ? ProofComparison.Fault(key.Item1, question, was.Count, after.Count, own.Count)
                ?? ProofComparison.NotCompared(question, about) : ProofComparison.Fault(key.Item1, question, was, after, own);
            if (fault is not null)
                yield return (key.Item1, question, after, fault);
        }
    }
}
