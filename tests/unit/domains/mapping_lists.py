"""Everyday headers, each with the column it belongs to; written before the matcher was tuned."""

CONTACTS = (
    ("customer_id", "first_name", "last_name", "birth_date", "gender", "email", "phone", "mobile", "fax", "company",
     "street", "house_number", "zip", "city", "state", "country", "website", "job_title", "notes", "created_at"),
    {
        "CustNo": "customer_id", "Given Name": "first_name", "Surname": "last_name", "DOB": "birth_date",
        "Sex": "gender", "E-Mail": "email", "Tel": "phone", "Mobile": "mobile", "Fax No.": "fax",
        "Organisation": "company", "Street Address": "street", "House No": "house_number", "Zip": "zip",
        "Town": "city", "Province": "state", "Country": "country", "URL": "website", "Position": "job_title",
        "Remarks": "notes", "Date Created": "created_at",
    },
)  # fmt: skip

KUNDEN = (
    ("customer_number", "salutation", "first_name", "last_name", "date_of_birth", "email", "telephone", "mobile_phone",
     "street", "postal_code", "city", "country", "company_name", "vat_id", "iban", "amount", "currency", "invoice_date",
     "due_date", "comment"),
    {
        "Kundennr.": "customer_number", "Anrede": "salutation", "Vorname": "first_name", "Nachname": "last_name",
        "Geburtsdatum": "date_of_birth", "E-Mail-Adresse": "email", "Telefon": "telephone", "Handy": "mobile_phone",
        "Straße": "street", "PLZ": "postal_code", "Ort": "city", "Land": "country", "Firma": "company_name",
        "USt-IdNr.": "vat_id", "IBAN": "iban", "Betrag": "amount", "Währung": "currency",
        "Rechnungsdatum": "invoice_date", "Fällig am": "due_date", "Bemerkung": "comment",
    },
)  # fmt: skip

ORDERS = (
    ("order_id", "order_date", "customer_name", "product_id", "product_name", "quantity", "unit_price", "discount",
     "tax", "net_amount", "gross_amount", "currency", "status", "payment_method", "shipping_address", "billing_address",
     "ship_date", "delivery_date", "weight", "category"),
    {
        "Order #": "order_id", "Ordered On": "order_date", "Client": "customer_name",
        "SKU": "product_id", "Item Description": None, "Product": "product_name", "Qty": "quantity",
        "Price Each": "unit_price", "Disc.": "discount", "VAT Amount": "tax", "Net": "net_amount",
        "Gross Total": "gross_amount", "Ccy": "currency", "Status": "status", "Payment Type": "payment_method",
        "Ship To": "shipping_address", "Bill To": "billing_address", "Shipped": "ship_date",
        "Delivery Date": "delivery_date", "Wt": "weight", "Cat": "category",
    },
)  # fmt: skip

CLIENTES = (
    ("name", "address", "zip_code", "city", "phone", "email", "birthdate", "date", "amount", "quantity",
     "price", "invoice_no", "product", "description", "surname", "country", "tax_number", "total", "employee_id",
     "department"),
    {
        "Nombre": "name", "Dirección": "address", "Código postal": "zip_code", "Ciudad": "city",
        "Teléfono": "phone", "Correo electrónico": "email", "Fecha de nacimiento": "birthdate", "Fecha": "date",
        "Importe": "amount", "Cantidad": "quantity", "Precio": "price", "Nº Factura": "invoice_no",
        "Producto": "product", "Descripción": "description", "Apellidos": "surname", "País": "country",
        "NIF": "tax_number", "Total": "total", "Código empleado": "employee_id", "Departamento": "department",
    },
)  # fmt: skip

MIXED = (
    ("first_name", "last_name", "zip", "city", "phone", "street", "country", "email", "order_date", "delivery_date",
     "quantity", "amount", "net_amount", "gross_amount", "product_code", "supplier", "start_date", "end_date", "title",
     "gender"),
    {
        "Prénom": "first_name", "Nom de famille": "last_name", "CAP": "zip", "Città": "city", "Téléphone": "phone",
        "Straat": "street", "Kraj": "country", "Courriel": "email", "Date de commande": "order_date",
        "Leverdatum": "delivery_date", "Ilość": "quantity", "Kwota": "amount", "Imponibile": "net_amount",
        "Montant TTC": "gross_amount", "Codice articolo": "product_code", "Fournisseur": "supplier",
        "Fecha inicio": "start_date", "Data fine": "end_date", "Civilité": "title", "Płeć": "gender",
    },
)  # fmt: skip

LISTS = {"contacts": CONTACTS, "kunden": KUNDEN, "orders": ORDERS, "clientes": CLIENTES, "mixed": MIXED}
