using System.Collections.Generic;
using System.Linq;
using Rouse.Access.Doctor;
using Rouse.Config;
using Rouse.Config.Diagnostics;
using Rouse.Config.Tests;
using Rouse.Config.Tests.Doctor;

namespace Rouse.Access.Tests.Doctor;

/// <summary>Short ways to have a configuration diagnosed, and to look at what came of it.</summary>
internal static class Diagnosed
{
    /// <summary>The doctor's findings (RS0160 to RS0189) about a service that is in order but for these lines.</summary>
    public static string Lines(string lines) => Text(Loaded.Service(lines));

    /// <summary><c>CODE severity 'what it points at'</c> of each finding of the doctor.</summary>
    public static string Text(string text) => string.Join('|', Findings(text).Select(found =>
        $"{found.Code} {found.Severity.ToString().ToLowerInvariant()} {Quoted.Of(found.Span.File!.Bytes.Slice(found.Span.Start, found.Span.Length))}"));

    public static List<Diagnostic> Findings(string text)
    {
        MemoryHost host = new();
        host.Names["host.example"] = [Policies.Ip("192.0.2.77")];
        Configuration configuration = Loaded.From(text, host);
        Assert.DoesNotContain(configuration.Diagnostics, found => found.Severity == Severity.Error);
        return [.. Diagnosis.Of(configuration, host, new MemoryDoctor()).Diagnostics.Where(IsOfTheDoctor)];
    }

    public static bool IsOfTheDoctor(Diagnostic found) =>
        string.CompareOrdinal(found.Code, "RS0160") >= 0 && string.CompareOrdinal(found.Code, "RS0189") <= 0;
}
