using System;
using System.Collections.Generic;
using Rouse.Config.Diagnostics;
using Rouse.Config.Hosts;
using Rouse.Config.Model;
using Rouse.Config.Text;

namespace Rouse.Config.Doctor;

/// <summary>
/// One look at a whole configuration for what is legal and yet surely not meant: what is looked at, where things stand, whom to ask, and
/// what was found. The daemon makes none: what only <c>rouse check</c> says must cost it nothing.
/// </summary>
public sealed class Examination
{
    private readonly List<Diagnostic> _findings = [];
    private readonly Lazy<bool> _hasWrapperRules;

    public Examination(Configuration configuration, IConfigHost files, IDoctorHost host)
    {
        Configuration = configuration;
        Files = files;
        Host = host;
        Places = new EntryPlaces(configuration);
        _hasWrapperRules = new(() => HasRules("/etc/hosts.allow") || HasRules("/etc/hosts.deny"));
    }

    public Configuration Configuration { get; }

    public IConfigHost Files { get; }

    public IDoctorHost Host { get; }

    public EntryPlaces Places { get; }

    public IReadOnlyCollection<Diagnostic> Findings => _findings;

    /// <summary>/etc/hosts.allow or /etc/hosts.deny holds a rule.</summary>
    public bool HasWrapperRules => _hasWrapperRules.Value;

    /// <summary>The services that answer as the port multiplexer.</summary>
    public IEnumerable<ServiceDefinition> Multiplexers
    {
        get
        {
            foreach (ServiceDefinition service in Configuration.Services)
            {
                if (service.BuiltIn == BuiltInService.Tcpmux && !service.IsMultiplexed)
                {
                    yield return service;
                }
            }
        }
    }

    public void Warn(string code, SourceSpan span, string message) => _findings.Add(new(code, Severity.Warning, span, message));

    public void Note(string code, SourceSpan span, string message) => _findings.Add(new(code, Severity.Notice, span, message));

    /// <summary>The service's own line for an attribute, or its name where another entry's line counts.</summary>
    public SourceSpan PlaceOf(ServiceDefinition service, string attribute) => Places.Of(service, attribute) ?? service.Span;

    // A file that is there but cannot be read may hold anything, but nothing that could be relied upon.
    private bool HasRules(string path)
    {
        if (!Files.TryReadFile(path, out byte[] bytes, out _))
        {
            return false;
        }

        SourceFile file = new(path, bytes);
        for (int line = 1; line <= file.LineCount; line++)
        {
            ReadOnlySpan<byte> text = file.Line(line).Trim(" \t\r\v\f"u8);
            if (!text.IsEmpty && text[0] != (byte)'#')
            {
                return true;
            }
        }

        return false;
    }
}
