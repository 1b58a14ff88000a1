using System.Collections.Generic;
using System.Linq;
using System.Text;
using Rouse.Linux;
using Rouse.Runlevels;
using Rouse.Runlevels.Links;
using Rouse.Runlevels.Scripts;
using Rouse.Runlevels.Xinetd;

namespace Rouse.Tools.Chkconfig;

/// <summary><c>chkconfig --list</c> and <c>chkconfig NAME</c>.</summary>
internal sealed class ServiceListing(Catalogue catalogue, HostInit host, ChkconfigOptions options)
{
    private readonly StringBuilder _rows = new();
    private readonly StringBuilder _notes = new();

    public int List()
    {
        int status = options.Name.Length > 0 ? ListOne() : ListAll();
        ChkconfigPersonality.Say(_notes.ToString());
        StandardStreams.Write(StandardStreams.Output, _rows.ToString());
        return status;
    }

    /// <summary>0 where the service is on in the level, the current one unless it is named.</summary>
    public int Query()
    {
        if (FindScript(options.Name) is { } script)
        {
            int level = options.Levels is { } named ? named.Each().First() : host.CurrentLevel();
            if (level < 0)
            {
                ChkconfigPersonality.Say("the current runlevel is not known; name one with --level\n");
                return 1;
            }

            return ChkconfigPersonality.Refuses(script) || !catalogue.Links.Of(script.Name).On.Contains(level) ? 1 : 0;
        }

        return FindXinetd(options.Name) is { } file ? (file.IsOn ? 0 : 1) : ChkconfigPersonality.Unknown(options.Name);
    }

    private int ListOne()
    {
        if (FindScript(options.Name) is { } script)
        {
            if (ChkconfigPersonality.Refuses(script))
            {
                return 1;
            }

            ServiceLinks links = catalogue.Links.Of(script.Name);
            if (!links.IsAny)
            {
                _notes.Append(
                    $"service {script.Name} supports chkconfig, but is not referenced in any runlevel (run 'chkconfig --add {script.Name}')\n");
                return 1;
            }

            Note(script);
            ServiceRow.AppendScript(_rows, script.Name, links.On);
            return 0;
        }

        if (FindXinetd(options.Name) is not { } file)
        {
            return ChkconfigPersonality.Unknown(options.Name);
        }

        Note(file);
        ServiceRow.AppendXinetdAlone(_rows, file.Name, file.IsOn);
        return 0;
    }

    private int ListAll()
    {
        if (host.IsSystemd)
        {
            _notes.Append(
                "\nNote: only services with an init script are listed here, and xinetd's. Native systemd services are not;\n"
                + "      what systemd is told may overrule what these links say.\n\n"
                + "      'systemctl list-unit-files' lists systemd's own services.\n\n");
        }

        if (options.Kinds.HasFlag(ServiceKinds.Sysv))
        {
            IReadOnlyList<InitScript> scripts = catalogue.Scripts;
            if (catalogue.ScriptsFault != Errno.None)
            {
                _notes.Append($"failed to open {catalogue.Layout.Scripts}: {catalogue.ScriptsFault.Describe()}\n");
                return 1;
            }

            foreach (InitScript script in scripts)
            {
                ServiceLinks links = catalogue.Links.Of(script.Name);
                if (script.IsSupported && links.IsAny && !host.HasUnit(script.Name))
                {
                    ServiceRow.AppendScript(_rows, script.Name, links.On);
                }

                Note(script);
            }

            foreach ((string directory, Errno error) in catalogue.Links.Unreadable)
            {
                _notes.Append($"{directory}: {error.Describe()}; its links are not in the list\n");
            }
        }

        if (options.Kinds.HasFlag(ServiceKinds.Xinetd) && host.HasSuperServer(catalogue))
        {
            _rows.Append('\n').Append(ServiceRow.XinetdHeading);
            foreach (XinetdFile file in catalogue.XinetdFiles)
            {
                Note(file);
                ServiceRow.AppendXinetd(_rows, file.Name, file.IsOn);
            }
        }

        return 0;
    }

    private InitScript? FindScript(string name) =>
        options.Kinds.HasFlag(ServiceKinds.Sysv) ? catalogue.Script(name) : null;

    private XinetdFile? FindXinetd(string name) =>
        options.Kinds.HasFlag(ServiceKinds.Xinetd) ? catalogue.XinetdFile(name) : null;

    private void Note(InitScript script)
    {
        if (script.Unreadable != Errno.None)
        {
            _notes.Append($"{catalogue.Layout.Script(script.Name)}: {script.Unreadable.Describe()}\n");
        }

        // Only of those that a reader misses or whose numbers are not what they seem.
        if (script.IsSupported || catalogue.Links.Of(script.Name).IsAny)
        {
            _notes.Append(string.Concat(script.Faults.Select(static fault => $"{fault}\n")));
        }
    }

    private void Note(XinetdFile file)
    {
        if (file.Unreadable != Errno.None)
        {
            _notes.Append($"{file.Path}: {file.Unreadable.Describe()}\n");
        }
        else if (file.IsIgnored)
        {
            _notes.Append($"{file.Path}: shown as off: the super-server reads no file with a dot in its name; rename it if it should be read\n");
        }
        else if (file.Services.Any(static service => service.IsLeftOut))
        {
            string names = string.Join(", ", file.Services.Where(static service => service.IsLeftOut).Select(static service => service.Id));
            _notes.Append(
                $"{file.Path}: off: {names}: the super-server leaves it out, for its entry has no name, no '{{' or '}}' on a line of its own, or a "
                + "'disable' line that is none; 'rouse check' says which\n");
        }
        else if (file.IsMixed)
        {
            string on = string.Join(", ", file.Services.Where(static service => service.IsOn).Select(static service => service.Id));
            string off = string.Join(", ", file.Services.Where(static service => !service.IsOn).Select(static service => service.Id));
            _notes.Append($"{file.Path}: shown as on: {on}; off in the same file: {off}\n");
        }
    }
}
