using System.Collections.Generic;
using System.Collections.Immutable;
using Rouse.Config.Addresses;
using Rouse.Config.Diagnostics;
using Rouse.Config.Model;
using Rouse.Config.Text;

namespace Rouse.Config;

/// <summary>A service entry that an error left out: a reload keeps what runs under this id.</summary>
/// <param name="KeepsName">What runs under this name is kept too: a broken line of inetd.conf may have stood for any of its services.</param>
public readonly record struct BrokenService(string Name, string Id, SourceSpan Span, bool KeepsName = false);

/// <summary>A service entry that is switched off: by its own <c>disable</c>, or by <c>enabled</c> or <c>disabled</c> in defaults.</summary>
public readonly record struct DisabledService(string Name, string Id, SourceSpan Span);

/// <summary>What came of reading a configuration: the services that can run, what was wrong, and which files were read.</summary>
public sealed record Configuration
{
    /// <summary>
    /// In the order of the files, without those that are disabled or broken. No two listen on the same protocol, port and address; an id
    /// is normally unique but, as in the original, may stand for several services that differ in these.
    /// </summary>
    public required ImmutableArray<ServiceDefinition> Services { get; init; }

    /// <summary>Entries that an error left out (not those that are disabled on purpose).</summary>
    public required ImmutableArray<BrokenService> Broken { get; init; }

    /// <summary>Entries that are switched off on purpose.</summary>
    public ImmutableArray<DisabledService> Disabled { get; init; } = [];

    /// <summary>Every finding, in the order of the files.</summary>
    public required ImmutableArray<Diagnostic> Diagnostics { get; init; }

    /// <summary>The files read, in order.</summary>
    public required ImmutableArray<SourceFile> Files { get; init; }

    /// <summary>
    /// The defaults entry holds an error: the original exits. At start so does the daemon; a reload changes nothing.
    /// </summary>
    public bool DefaultsBroken { get; init; }

    /// <summary>Not even the main file could be read: there is nothing to start with.</summary>
    public bool IsUnreadable => Files.IsEmpty;

    /// <summary>
    /// A line stands where an entry should begin. It is passed over, as in the original; it may once have begun the entry of a service.
    /// </summary>
    public bool HasStrayLines { get; init; }

    /// <summary>
    /// A file named could not be read, or an entry had no end: what the administrator meant is not known, so a reload changes nothing.
    /// </summary>
    public bool StructureBroken { get; init; }

    /// <summary>This, without the bytes of its files but for the rules about peers, which <c>rouse why</c> quotes: <see cref="SourceFile.ForgetText"/>.</summary>
    public Configuration WithoutTexts()
    {
        ImmutableArray<AddressPattern> onlyFrom = default, noAccess = default;
        foreach (ServiceDefinition service in Services)
        {
            // Services that follow one another have most lists in common.
            Keep(service.OnlyFrom == onlyFrom ? default : service.OnlyFrom);
            Keep(service.NoAccess == noAccess ? default : service.NoAccess);
            (onlyFrom, noAccess) = (service.OnlyFrom, service.NoAccess);
            foreach (AccessHours hours in service.AccessTimes)
            {
                hours.Span.File?.Keep(hours.Span);
            }
        }

        foreach (SourceFile file in Files)
        {
            file.ForgetText();
        }

        return this;
    }

    private static void Keep(ImmutableArray<AddressPattern> patterns)
    {
        foreach (AddressPattern pattern in patterns.IsDefault ? [] : patterns)
        {
            pattern.Span.File?.Keep(pattern.Span);
        }
    }

    /// <summary>The same with more findings, each in its place.</summary>
    public Configuration With(IReadOnlyCollection<Diagnostic> findings) => findings.Count == 0
        ? this
        : this with { Diagnostics = Findings.Sort([.. Diagnostics, .. findings], Files) };
}
