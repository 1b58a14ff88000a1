using System;
using System.Collections.Generic;
using System.Linq;
using Rouse.Linux;
using Rouse.Runlevels.Links;
using Rouse.Runlevels.Order;
using Rouse.Runlevels.Scripts;
using Rouse.Runlevels.Xinetd;

namespace Rouse.Runlevels.Changes;

/// <summary>A service that is to be on or off.</summary>
/// <param name="Name">Of the init script, or of the file of xinetd.d.</param>
public readonly record struct ServiceSwitch(string Name, bool IsXinetd, bool On);

/// <summary>
/// Many services turned on and off in one change. That is not one <see cref="LinkPlan"/> after the other: what is on decides the order of
/// all LSB scripts, and a link must not be renamed twice.
/// </summary>
/// <remarks>A switch that cannot be carried out says why in <see cref="Fault"/>, and there are no steps at all.</remarks>
public sealed class SwitchPlan(IFileTree tree, Catalogue catalogue)
{
    private readonly LinkSteps _links = new(tree, catalogue.Layout, catalogue.Links);
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

        Link(scripts, levels);
    }

    private void Link(List<(InitScript Script, bool On)> scripts, Levels levels)
    {
        Dictionary<string, Levels> after = new(StringComparer.Ordinal);
        foreach ((InitScript script, bool on) in scripts)
        {
            Levels now = catalogue.Links.Of(script.Name).On;
            after[script.Name] = on ? now.With(levels) : now.Without(levels);
        }

        // Without a script of the LSB nothing depends on the others, which then need not be read.
        bool isOrdered = scripts.Exists(changed => changed.Script.Header.Lsb is not null);
        IEnumerable<InitScript> others = isOrdered ? catalogue.Scripts.Where(script => !after.ContainsKey(script.Name)) : [];
        StartOrder order = new(
            [.. others, .. scripts.Select(changed => changed.Script)], name => after.TryGetValue(name, out Levels on) ? on : catalogue.Links.Of(name).On);

        // What goes off moves nobody, and no loop keeps it from going off: it comes last.
        foreach ((InitScript script, bool on) in scripts.OrderBy(changed => !changed.On))
        {
            Priorities priorities = order.Of(script);
            if (order.Loop.Count > 0 && on)
            {
                Fail($"the LSB headers go round in a loop: {string.Join(" needs ", order.Loop)}; take one of these out of its Required-Start or "
                    + "Should-Start (or -Stop) line");
                return;
            }

            priorities = order.Loop.Count > 0 ? StartOrder.OfHeader(script) : priorities;
            foreach (int level in levels.Each())
            {
                Set(level, script, after[script.Name].Contains(level), priorities);
            }
        }

        if (order.Loop.Count == 0 && scripts.Exists(changed => changed.On && changed.Script.Header.Lsb is not null))
        {
            Renumber(order, after);
        }
    }

    // Scripts that need those that went on move with them; none where their headers go round in a loop.
    private void Renumber(StartOrder order, Dictionary<string, Levels> after)
    {
        foreach ((InitScript script, Priorities priorities) in order.Displaced(catalogue.Links.Of).Where(moved => !after.ContainsKey(moved.Script.Name)))
        {
            ServiceLinks links = catalogue.Links.Of(script.Name);
            foreach (int level in links.Present.Each())
            {
                Set(level, script, links.On.Contains(level), priorities);
            }
        }
    }

    private void Set(int level, InitScript script, bool on, Priorities priorities)
    {
        if (!_links.Set(level, new LevelLink(on, on ? priorities.Start : priorities.Stop, script.Name), out string fault))
        {
            Fail(fault);
        }
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
            Fail($"{path}: the super-server passes over a file of this name; give it one without a dot");
            return;
        }

        if (DisableEdit.Apply(file, wanted.On, null, out string fault) is not { } content)
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
