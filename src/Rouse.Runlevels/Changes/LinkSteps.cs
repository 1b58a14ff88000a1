using System.Collections.Generic;
using Rouse.Linux;
using Rouse.Runlevels.Links;

namespace Rouse.Runlevels.Changes;

/// <summary>
/// The steps that bring a service's links into a wanted state. Where a link has to change its name it is renamed, so that no level is
/// without one for a moment.
/// </summary>
public sealed class LinkSteps(IFileTree tree, Layout layout, LinkFarm farm)
{
    private readonly List<Step> _steps = [];

    public IReadOnlyList<Step> Steps => _steps;

    /// <summary>Leaves exactly this link of its service in a level.</summary>
    /// <returns>False, with <paramref name="fault"/>, where something is in the way that is no link.</returns>
    public bool Set(int level, in LevelLink wanted, out string fault)
    {
        string target = Layout.LinkTargetStart + wanted.Service;
        string path = Path(level, wanted);
        string? inPlace = null;
        string? spare = null;
        fault = "";
        foreach (LevelLink link in farm.Of(wanted.Service).In(level))
        {
            string name = Path(level, link);
            if (!TryReadLink(name, out string leadsTo, out fault))
            {
                return false;
            }

            if (link == wanted)
            {
                inPlace = leadsTo;
            }
            else if (leadsTo == target && spare is null)
            {
                spare = name;
            }
            else
            {
                _steps.Add(new RemoveLink(name, leadsTo));
            }
        }

        if (inPlace is null)
        {
            _steps.Add(spare is null ? new MakeLink(path, target) : new RenameLink(spare, path));
            return true;
        }

        if (inPlace != target)
        {
            _steps.Add(new ReplaceLink(path, target));
        }

        if (spare is not null)
        {
            _steps.Add(new RemoveLink(spare, target));
        }

        return true;
    }

    /// <summary>No link of the service stays, in any level.</summary>
    public bool RemoveAll(string service, out string fault)
    {
        fault = "";
        foreach (int level in Levels.All.Each())
        {
            foreach (LevelLink link in farm.Of(service).In(level))
            {
                string name = Path(level, link);
                if (!TryReadLink(name, out string target, out fault))
                {
                    return false;
                }

                _steps.Add(new RemoveLink(name, target));
            }
        }

        return true;
    }

    private string Path(int level, in LevelLink link) => $"{layout.Level(level)}/{link}";

    private bool TryReadLink(string path, out string target, out string fault)
    {
        SysResult read = tree.ReadLink(path, out target);
        fault = read.Error switch
        {
            Errno.None => "",
            Errno.EINVAL => $"{path} is a file, not a link; move it away if it is not needed, then try again",
            Errno other => $"{path}: {other.Describe()}",
        };
        return read.Ok;
    }
}
