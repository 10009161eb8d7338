"""What the columns of customers and contacts are called in other people's tables; read when a file is matched."""

CUSTOMER = {
    "name": "account | account name | company | company name | client | client name | customer name | organisation "
    "| organization | business name | firm | 客户名称 | 公司 | 公司名称 | 企业名称 | 单位名称 | empresa "
    "| cliente | razón social | nombre del cliente | compañía",
    "grade": "class | level | rating | tier | abc | 级别 | 等级 | 客户级别 | nivel | categoría",
    "industry": "sector | line of business | branch | 所属行业 | 行业类别 | ramo | rubro | giro",
    "source": "lead source | origin | channel | 客户来源 | 来源渠道 | origen | procedencia",
    "maturity": "stage | status | lifecycle stage | 阶段 | 客户状态 | etapa | estado",
    "staff": "employees | number of employees | headcount | company size | 员工数 | 员工人数 | 人数 "
    "| 人员规模 | empleados | plantilla | número de empleados",
    "tax_number": "vat | vat number | vat id | tax id | tax number | ein | rfc | cif | nif | 税号 | 统一社会信用代码 "
    "| 纳税人识别号 | número fiscal",
    "registered_capital": "share capital | capital | 注册资金 | 注册资本 | capital social",
    "credit_limit": "credit | credit line | 信用额度 | límite de crédito",
    "parent": "parent account | holding | group | 上级公司 | 所属集团 | grupo | empresa matriz",
}
CONTACT = {
    "name": "contact | contact name | person | contact person | 联系人 | 联系人姓名 | contacto | persona de contacto",
    "customer": "account | account name | company | company name | client | organisation | organization | 公司 "
    "| 公司名称 | 所属客户 | 客户名称 | empresa | cliente",
    "title": "job | role | function | job title | 职位 | 职务 | 头衔 | puesto | cargo",
    "reports_to": "boss | manager | supervisor | 上级 | 汇报对象 | superior | jefe",
    "chat_id": "wechat | whatsapp | wechat id | skype | line | 微信 | 微信号 | chat",
    "id_no": "id card | passport | identity number | 身份证 | 身份证号 | dni | pasaporte",
}
