using System.Collections.Generic;
using Rouse.Config.Diagnostics;
using Rouse.Config.Text;

namespace Rouse.Access.Wrappers;

/// <summary>Collects what is wrong with one file of rules and the lists that it names.</summary>
internal sealed class RuleFindings
{
    private readonly List<Diagnostic> _all = [];

    public IReadOnlyList<Diagnostic> All => _all;

    public void Add(RuleFindings others) => _all.AddRange(others._all);

    public void Error(string code, SourceSpan span, string message) => _all.Add(new(code, Severity.Error, span, message));

    public void Warning(string code, SourceSpan span, string message) => _all.Add(new(code, Severity.Warning, span, message));
}
