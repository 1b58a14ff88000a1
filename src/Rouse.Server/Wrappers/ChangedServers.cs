using Rouse.Config.Model;

namespace Rouse.Server.Wrappers;

/// <summary>A service's definition as the options of a rule change it for one connection (hosts_options(5): nice, umask, setenv, user, group).</summary>
internal static class ChangedServers
{
    /// <summary>Null where an account is not known: then nobody is served, as a server with more rights than meant would be worse than none.</summary>
    public static ServiceDefinition? Apply(ServiceDefinition definition, ServerChanges changes, out string fault)
    {
        fault = "";
        ServiceDefinition changed = definition with
        {
            Nice = definition.Nice + changes.Nice,
            Umask = changes.Umask ?? definition.Umask,
            Environment = [.. definition.Environment, .. changes.Environment],
        };
        if (!changes.Names.AreAny)
        {
            return changed;
        }

        if ((changes.Accounts ?? new Accounts { AreOverdue = true }).FaultOf(changes.Names) is { } missing)
        {
            fault = missing;
            return null;
        }

        if (changes.Accounts!.User is { } user)
        {
            if (definition.User is { Uid: not 0 } own && own.Uid != user.Uid)
            {
                fault = $"the service's user '{own.Name}' cannot become '{changes.User}'";
                return null;
            }

            changed = changed with { User = user, Group = null, SupplementaryGroups = [.. changes.Accounts.UserGroups] };
        }

        if (changes.Accounts.Group is { } group)
        {
            if (definition.User is { Uid: not 0 } own && (definition.Group?.Gid ?? own.Gid) != group.Gid)
            {
                fault = $"the service's user '{own.Name}' cannot take the group '{changes.Group}'";
                return null;
            }

            changed = changed with { Group = group, SupplementaryGroups = [group.Gid] };
        }

        return changed;
    }
}
