from handlers import ImportHandler

handler = ImportHandler().handle
