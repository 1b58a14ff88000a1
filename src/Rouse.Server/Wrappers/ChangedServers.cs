using System.Collections.Generic;
using Rouse.Config.Model;

namespace Rouse.Server.Wrappers;

/// <summary>A service's definition as the options of a rule change it for one connection (hosts_options(5): nice, umask, setenv, user, group).</summary>
internal static class ChangedServers
{
    /// <summary>Null where an account is not known: then nobody is served, as a server with more rights than meant would be worse than none.</summary>
    public static ServiceDefinition? Apply(ServiceDefinition definition, ServerChanges changes, IWrapperHost host, out string fault)
    {
        fault = "";
        ServiceDefinition changed = definition with
        {
            Nice = definition.Nice + changes.Nice,
            Umask = changes.Umask ?? definition.Umask,
            Environment = [.. definition.Environment, .. changes.Environment],
        };
        if (changes.User is { } userName)
        {
            if (host.FindUser(userName) is not { } user)
            {
                fault = $"there is no user '{userName}'";
                return null;
            }

            if (definition.User is { Uid: not 0 } own && own.Uid != user.Uid)
            {
                fault = $"the service's user '{own.Name}' cannot become '{userName}'";
                return null;
            }

            changed = changed with { User = user, Group = null, SupplementaryGroups = [.. GroupsOf(host, user)] };
        }

        if (changes.Group is { } groupName)
        {
            if (host.FindGroup(groupName) is not { } group)
            {
                fault = $"there is no group '{groupName}'";
                return null;
            }

            if (definition.User is { Uid: not 0 } own && (definition.Group?.Gid ?? own.Gid) != group.Gid)
            {
                fault = $"the service's user '{own.Name}' cannot take the group '{groupName}'";
                return null;
            }

            changed = changed with { Group = group, SupplementaryGroups = [group.Gid] };
        }

        return changed;
    }

    private static IEnumerable<uint> GroupsOf(IWrapperHost host, UserEntry user) => host.GroupsOf(user.Name, user.Gid);
}
