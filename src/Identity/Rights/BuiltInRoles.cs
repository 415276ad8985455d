using System.Collections.Frozen;
using System.Collections.Immutable;
using static ServiceLoop.Runtime.Access.Permissions;

namespace ServiceLoop.Identity.Rights;

/// <summary>The roles of the product. They are the same in every installation; a company makes its own beside them.</summary>
public static class BuiltInRoles
{
    /// <summary>May do everything.</summary>
    public const string Admin = "admin";

    /// <summary>Sees everything, changes nothing.</summary>
    public const string Auditor = "auditor";

    /// <summary>Answers tasks.</summary>
    public const string Agent = "agent";

    /// <summary>Looks after agents and their work; limited to teams and regions.</summary>
    public const string Supervisor = "supervisor";

    /// <summary>Designs processes and carries them into force.</summary>
    public const string ProcessOwner = "process-owner";

    /// <summary>Another program.</summary>
    public const string Integration = "integration";

    private static readonly ImmutableArray<string> AgentMay =
    [
        DefinitionsRead,
        InstancesRead,
        TasksRead,
        TasksComplete,
        CustomersRead,
        CustomersWrite,
        CasesRead,
        CasesWrite,
        AgentsRead,
        CalendarsRead,
        ClocksRead,
        EscalationsRead,
        EscalationsAcknowledge,
        CallbacksRead,
        CallbacksManage,
        MessagesRead,
        KnowledgeRead,
        KnowledgeWrite,
        TriageRead,
    ];

    /// <summary>Name of the role → what it allows, in the order in which pages show them.</summary>
    public static readonly ImmutableArray<KeyValuePair<string, FrozenSet<string>>> All =
    [
        Role(
            ProcessOwner,
            [
                DefinitionsRead,
                DefinitionsWrite,
                DefinitionsPublish,
                DefinitionsDelete,
                ImprovementsRead,
                ImprovementsManage,
                ChangesApprove,
                InstancesRead,
                InstancesStart,
                InstancesRepair,
                InstancesCancel,
                InstancesMigrate,
                InstancesExport,
                EventsPublish,
                TasksRead,
                CustomersRead,
                CasesRead,
                AgentsRead,
                CalendarsRead,
                CalendarsManage,
                ClocksRead,
                ClocksManage,
                EscalationsRead,
                EscalationsManage,
                CallbacksRead,
                MessagesRead,
                MessagesManage,
                KnowledgeRead,
                KnowledgeWrite,
                KnowledgeApprove,
                TriageRead,
                TriageManage,
                WorkRead,
                SystemRead,
                KpisRead,
            ]
        ),
        Role(Agent, AgentMay),
        Role(
            Supervisor,
            [
                .. AgentMay,
                ImprovementsRead,
                ImprovementsManage,
                InstancesRepair,
                InstancesCancel,
                TasksManage,
                AgentsManage,
                ClocksManage,
                EscalationsManage,
                MessagesManage,
                KnowledgeApprove,
                TriageManage,
                WorkRead,
                JobsRead,
                UsersRead,
                SessionsRead,
                KpisRead,
            ]
        ),
        Role(Admin, [.. Runtime.Access.Permissions.All]),
        Role(
            Integration,
            [
                DefinitionsRead,
                InstancesRead,
                InstancesStart,
                EventsPublish,
                WorkflowsCall,
                TasksRead,
                TasksComplete,
                CustomersRead,
                CustomersWrite,
                CasesRead,
                CallbacksRead,
                CallbacksManage,
                IntakeWrite,
                KnowledgeRead,
                ActForOthers,
            ]
        ),
        Role(Auditor, [.. Runtime.Access.Permissions.All.Where(p => p.EndsWith(":read", StringComparison.Ordinal)), AuditExport]),
    ];

    private static readonly FrozenDictionary<string, FrozenSet<string>> ByName = All.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What a role of the product allows; null for others.</summary>
    public static FrozenSet<string>? Find(string name) => ByName.GetValueOrDefault(name);

    private static KeyValuePair<string, FrozenSet<string>> Role(string name, ImmutableArray<string> permissions) =>
        new(name, permissions.ToFrozenSet(StringComparer.Ordinal));
}
