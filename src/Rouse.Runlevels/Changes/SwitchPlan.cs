using System;
using System.Collections.Generic;
using System.Linq;
using Rouse.Linux;
using Rouse.Runlevels.Scripts;
using Rouse.Runlevels.Xinetd;

namespace Rouse.Runlevels.Changes;

/// <summary>A service that is to be on or off.</summary>
/// <param name="Name">Of the init script, or of the file of xinetd.d.</param>
public readonly record struct ServiceSwitch(string Name, bool IsXinetd, bool On)
{
    /// <summary>Of a file with several services, only the one with this id or name; null for all of them.</summary>
    public string? Id { get; init; }
}

/// <summary>Services of both kinds turned on and off in one change: init scripts by their links, files of xinetd.d by a word.</summary>
/// <remarks>A switch that cannot be carried out says why in <see cref="Fault"/>, and there are no steps at all.</remarks>
public sealed class SwitchPlan(IFileTree tree, Catalogue catalogue)
{
    private readonly LinkPlan _links = new(tree, catalogue);
    private readonly Dictionary<string, (ReplaceFile? Step, ServiceSwitch Wanted)> _files = new(StringComparer.Ordinal);

    public string Fault { get; private set; } = "";

    /// <summary>The files of xinetd.d that change, by the names that they have there: the super-server has to read them.</summary>
    public IReadOnlyList<string> ChangedFiles => [.. _files.Values.Where(file => file.Step is not null).Select(file => $"{Layout.Xinetd}/{file.Wanted.Name}")];

    public IReadOnlyList<Step> Steps => Fault.Length == 0 ? [.. _links.Steps, .. _files.Values.Select(file => file.Step).OfType<Step>()] : [];

    /// <param name="levels">Of the init scripts.</param>
    public void Turn(IReadOnlyList<ServiceSwitch> switches, Levels levels)
    {
        List<(InitScript Script, bool On)> scripts = [];
        foreach (ServiceSwitch wanted in switches)
        {
            if (wanted.IsXinetd)
            {
                Edit(wanted);
            }
            else if (catalogue.Script(wanted.Name) is { IsSupported: true } script)
            {
                scripts.Add((script, wanted.On));
            }
            else
            {
                Fail($"{catalogue.Layout.Script(wanted.Name)}: there is no such init script any more, or it has lost its header");
            }
        }

        _links.Turn(scripts, levels);
        Fail(_links.Fault);
    }

    private void Edit(in ServiceSwitch wanted)
    {
        string path = $"{Layout.Xinetd}/{wanted.Name}";
        if (catalogue.XinetdFile(wanted.Name) is not { } file)
        {
            Fail($"{path}: there is no such file any more");
            return;
        }

        if (file.Tree is not { } syntax)
        {
            Fail($"{path}: {file.Unreadable.Describe()}");
            return;
        }

        if (file.IsIgnored)
        {
            Fail($"{path}: the super-server passes over a file with a dot in its name; rename it");
            return;
        }

        if (DisableEdit.Apply(file, wanted.On, wanted.Id, out string fault) is not { } content)
        {
            Fail(fault);
            return;
        }

        Replace(path, wanted, syntax.File.Bytes.SequenceEqual(content) ? null : content);
    }

    // Nothing to write is remembered too: another name of the file may be turned the other way.
    private void Replace(string path, in ServiceSwitch wanted, byte[]? content)
    {
        SysResult resolved = tree.Resolve(path, out string real);
        if (!resolved.Ok)
        {
            Fail($"{path}: {resolved.Error.Describe()}");
        }
        else if (_files.TryGetValue(real, out (ReplaceFile? Step, ServiceSwitch Wanted) other) && other.Wanted.On != wanted.On)
        {
            Fail($"{path} and {Layout.Xinetd}/{other.Wanted.Name} are one file, {real}: they are on or off together");
        }
        else
        {
            _files[real] = (content is null ? null : new ReplaceFile(real, content), wanted);
        }
    }

    private void Fail(string fault) => Fault = Fault.Length == 0 ? fault : Fault;
}
